"""Paper: HTML to archive PDF, files frozen with their SHA-256, and scans that people hand in."""
