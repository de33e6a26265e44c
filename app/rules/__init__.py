"""What the city may change without a programmer: categories and wrap-up codes, with dates."""
