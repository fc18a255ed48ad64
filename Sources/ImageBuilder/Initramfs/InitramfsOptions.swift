package import SystemPackage

/// What an initramfs is to hold.
package struct InitramfsOptions: Sendable {
    /// Kernel modules of one tree.
    package struct Modules: Sendable {
        /// `…/lib/modules/VERSION`
        package var tree: FilePath
        package var requests: [ModuleRequest]
        /// Where firmware is looked for; nil for an image without.
        package var firmware: FilePath? = "/lib/firmware"

        package init(tree: FilePath, requests: [ModuleRequest]) {
            self.tree = tree
            self.requests = requests
        }
    }

    /// A file of the build host's and where it goes.
    package struct Inclusion: Hashable, Sendable {
        package var hostPath: FilePath
        /// From the image's root.
        package var imagePath: FilePath

        package init(hostPath: FilePath, imagePath: FilePath) {
            self.hostPath = hostPath
            self.imagePath = imagePath
        }
    }

    /// The program that becomes `/init`.
    package var initProgram: FilePath
    package var modules: Modules?
    /// Further files; programs among them come with their libraries.
    package var include: [Inclusion] = []
    /// Goes into `/etc/slipway-release`; without it there is no such file.
    package var version: String?
    /// zstd's, 1 to 19.
    package var level = 19
    /// zstd's threads; they do not change the image. Nil for as many as there are processors.
    package var workers: Int?
    /// Where depmod may be.
    package var depmod: [FilePath] = ["/usr/sbin/depmod", "/sbin/depmod", "/usr/bin/depmod", "/bin/depmod"]
    /// How long depmod may take; seconds, for the whole of a distribution's kernel.
    package var depmodLimit: Duration = .seconds(120)

    /// Asked again and again; true ends the build with nothing left behind.
    package var isInterrupted: @Sendable () -> Bool = { false }

    package init(initProgram: FilePath) { self.initProgram = initProgram }
}
