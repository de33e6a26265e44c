"""Forms of the dispatcher's pages. Each carries the version of the ticket that its page showed."""
