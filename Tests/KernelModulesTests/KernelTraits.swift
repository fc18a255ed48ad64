import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Skipped, with the reason, where a kernel is not unpacked.
    static var needsKernels: Self {
        .enabled(
            if: CachedKernel.cloud != nil && CachedKernel.generic != nil,
            "no .cache/kernels/cloud and generic above this file")
    }
}
