"""Family mutual aid (家庭共济): whose personal account may pay for whom. Not the family account (C14)."""
