// Tests assert on the process-wide count of live native tensors, so they run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
