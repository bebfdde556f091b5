"""Measurements that can be repeated: figures beside their baselines, in one run."""
