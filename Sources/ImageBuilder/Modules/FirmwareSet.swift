internal import Kernel
internal import SystemPackage

/// The firmware that modules name, as far as the build host has it.
struct FirmwareSet {
    private static let limit = 512 << 20

    /// Below the firmware directory, with the suffix it has there; sorted.
    private(set) var files: [(name: String, bytes: [UInt8])] = []
    /// What the host lacks, with the modules that name it; sorted.
    private(set) var missing: [(name: String, modules: [String])] = []

    /// `named` maps each firmware to its modules; without a directory all of it is missing.
    init(_ named: [String: [String]], in directory: FilePath?, source: any FileSource) throws(ImageError) {
        for (name, modules) in named.sorted(by: { $0.key < $1.key }) {
            // A module's bytes are foreign: they name what is below the directory or nothing.
            let path = FilePath(name)
            let isInside = path.isRelative && !path.isEmpty && path.isLexicallyNormal
            guard let directory, isInside, path.components.first?.kind == .regular,
                let (found, bytes) = try Self.find(name, in: directory, source)
            else {
                missing.append((name, modules.sorted()))
                continue
            }
            files.append((found, bytes))
        }
    }

    /// Plain, or compressed as the kernel itself decompresses it (CONFIG_FW_LOADER_COMPRESS), in the kernel's order.
    private static func find(
        _ name: String, in directory: FilePath, _ source: any FileSource
    ) throws(ImageError) -> (name: String, bytes: [UInt8])? {
        for suffix in ["", ".zst", ".xz"] {
            let path = directory.appending(name + suffix)
            if let bytes = try source.contentsIfPresent(of: path, limitInBytes: limit) { return (name + suffix, bytes) }
        }
        return nil
    }
}
