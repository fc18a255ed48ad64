import Kernel
import SystemPackage
import Testing

/// A kernel that the Makefile unpacked below the repository: `.cache/kernels/NAME/{boot,lib/modules}`.
struct CachedKernel {
    /// The `cloud` flavour of Debian's, or nil where the cache has none.
    static let cloud = CachedKernel(name: "cloud")

    /// What `modprobe -d` takes.
    let root: FilePath
    let version: String
    var tree: FilePath { root.appending("lib/modules").appending(version) }

    private init?(name: String) {
        var directory = FilePath(#filePath).removingLastComponent()
        while !directory.components.isEmpty {
            let root = directory.appending(".cache/kernels").appending(name)
            let versions = (try? LiveFiles().entries(of: root.appending("lib/modules"))) ?? []
            if let version = versions.last {
                self.root = root
                self.version = version
                return
            }
            directory.removeLastComponent()
        }
        return nil
    }
}

extension Trait where Self == ConditionTrait {
    /// Skipped, with the reason, where the kernel is not unpacked.
    static var needsCloudKernel: Self {
        .enabled(if: CachedKernel.cloud != nil, "no .cache/kernels/cloud above this file")
    }
}
