"""A Twilio account as an exchange: it calls our web address, and we answer with TwiML."""
