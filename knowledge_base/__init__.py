"""The knowledge base: what an agent may answer, who says so, and until when it holds."""
