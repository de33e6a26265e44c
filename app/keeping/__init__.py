"""How records come to their end: each class by its dated length, holds respected, on record."""
