"""The story that `suyuan demo` tells: one batch of cassia bark, from plot to buyer."""
