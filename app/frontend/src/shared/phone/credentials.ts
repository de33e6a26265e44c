// What the server gives a page's phone to sign on with.

export interface PhoneCredentials {
  mode: 'browser' | 'http';
  phone: string;
  secret: string;
  domain: string;
  display_name: string;
  /** Every exchange to register at; none for a phone that is not in the page. */
  lines: { exchange_id: string; socket: string }[];
}
