"""The pages of the mediation room: taking in, the register, the case, its papers, the panel, seals."""
