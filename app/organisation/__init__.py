"""Who does the work and where: the units of the city and its districts, counties and towns."""
