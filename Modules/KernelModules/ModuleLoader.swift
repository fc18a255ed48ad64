internal import CKernel
internal import Glibc
public import Kernel
public import SystemPackage

/// What puts a module into a kernel: ours, or a stand-in for it.
public protocol ModuleLoader: Sendable {
    /// finit_module(2). Loading what is loaded already is no failure. It returns after the module's synchronous probes
    /// and after the asynchronous ones that its init started (do_init_module waits for them).
    func load(_ path: FilePath, options: String) throws(OSError)
}

/// The running kernel.
public struct KernelModuleLoader: ModuleLoader {
    public init() {}

    public func load(_ path: FilePath, options: String) throws(OSError) {
        let file = try OwnedDescriptor.open(path, O_RDONLY)
        // MODULE_INIT_COMPRESSED_FILE (Linux 5.17): the kernel unpacks it itself.
        let compressed = ["xz", "zst", "gz"].contains(path.extension ?? "")
        do {
            try systemCall("finit_module", on: path.string) {
                unsafe sw_finit_module(file.rawValue, options, compressed ? 4 : 0)
            }
        } catch  where error.errno == .fileExists {
            return  // somebody else was first
        }
    }
}
