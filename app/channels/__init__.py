"""The register of the old public numbers that were folded into the hotline."""
