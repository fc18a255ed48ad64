internal import CKernel
internal import Glibc
internal import Kernel
package import SystemPackage

/// Where the parts of a machine are on this host.
package struct MachineParts: Sendable {
    /// `.cache` of the checkout: kernels, runs.
    package var cache: FilePath
    /// The metadata server's executable.
    package var server: FilePath
    package var qemu: FilePath

    /// `executables` is the folder of our own executables.
    package init(cache: FilePath, executables: FilePath) throws(MachineError) {
        self.cache = cache
        server = executables.appending("slipway-metadata-server")
        let search = ["/usr/bin", "/usr/local/bin"].map { FilePath($0).appending("qemu-system-x86_64") }
        guard let qemu = search.first(where: { isExecutable($0) }) else {
            throw MachineError(
                .missing, "QEMU is not installed (no qemu-system-x86_64 in /usr/bin or /usr/local/bin)",
                hint: "run 'make setup', or install Debian's qemu-system-x86")
        }
        self.qemu = qemu
        guard isExecutable(server) else {
            throw MachineError(.missing, "no metadata server at \(server)", hint: "run 'make build'")
        }
    }

    /// The unpacked Debian kernel: its image, its release, its modules' directory.
    package struct KernelTree: Sendable {
        package let image: FilePath
        package let release: String
        package let modules: FilePath
    }

    package static func kernelTree(
        _ flavour: MachineConfiguration.Kernel, in cache: FilePath
    ) throws(MachineError) -> KernelTree {
        let tree = cache.appending("kernels").appending(flavour.rawValue)
        let names = (try? LiveFiles().entries(of: tree.appending("lib/modules"))) ?? []
        guard let release = names.first, isReadable(tree.appending("boot/vmlinuz-\(release)")) else {
            throw MachineError(
                .missing, "no \(flavour.rawValue) kernel under \(tree)",
                hint: "run 'Scripts/kernel \(flavour.rawValue)'")
        }
        return KernelTree(
            image: tree.appending("boot/vmlinuz-\(release)"), release: release,
            modules: tree.appending("lib/modules/\(release)"))
    }
}

func isExecutable(_ path: FilePath) -> Bool { unsafe access(path.string, X_OK) == 0 }
func isReadable(_ path: FilePath) -> Bool { unsafe access(path.string, R_OK) == 0 }
