"""What the pages of the cases take in: parsed and cleaned, never carried out."""
