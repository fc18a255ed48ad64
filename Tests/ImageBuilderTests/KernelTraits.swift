import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Skipped, with the reason, where the kernel is not unpacked.
    static var needsCloudKernel: Self {
        .enabled(if: CachedKernel.cloud != nil, "no .cache/kernels/cloud above this file")
    }
}
