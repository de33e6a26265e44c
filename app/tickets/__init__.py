"""What a call leaves behind: an enquiry record answered at once, or a ticket, a promise of work."""
