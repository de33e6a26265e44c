"""Where those who run the hotline keep its lists: people, skills, reasons, codes."""
