internal import Kernel
package import SystemPackage

/// What is in an initramfs, ours or another's, for people's tables and as `image inspect --json`.
package struct InitramfsInspection: Hashable, Sendable, Encodable {
    package struct Entry: Hashable, Sendable, Encodable {
        /// From the image's root, with a slash.
        package let path: String
        /// `file`, `directory`, `symlink`, `char`, `block`, `fifo`, `socket`.
        package let type: String
        /// The permissions, four octal digits.
        package let mode: String
        package let sizeInBytes: Int
        /// Of a link.
        package let target: String?
        /// `major:minor` of a device node.
        package let device: String?

        enum CodingKeys: String, CodingKey {
            case path, type, mode, target, device
            case sizeInBytes = "size_bytes"
        }
    }

    package struct Module: Hashable, Sendable, Encodable {
        package let name: String
        /// The release of the kernel that it is for.
        package let kernel: String
        package let path: String
        package let sizeInBytes: Int

        enum CodingKeys: String, CodingKey {
            case name, kernel, path
            case sizeInBytes = "size_bytes"
        }
    }

    /// `zstd` or `none`.
    package let compression: String
    /// Of the image's file.
    package let compressedSizeInBytes: Int
    /// Of the archives in it.
    package let uncompressedSizeInBytes: Int
    /// The sum of all files' sizes.
    package let contentSizeInBytes: Int
    /// How many entries there are of each type.
    package let counts: [String: Int]
    /// In the archive's order.
    package let entries: [Entry]
    /// Sorted by kernel and name.
    package let modules: [Module]

    enum CodingKeys: String, CodingKey {
        case compression, counts, entries, modules
        case compressedSizeInBytes = "compressed_bytes"
        case uncompressedSizeInBytes = "uncompressed_bytes"
        case contentSizeInBytes = "content_bytes"
    }

    /// Reads an image's file, at most 1 GiB of it.
    package init(reading path: FilePath) throws(ImageError) {
        try self.init(LiveFiles().wholeContents(of: path, limitInBytes: 1 << 30))
    }

    /// Reads an image, which may be plain, compressed, or several archives one after another.
    package init(_ image: [UInt8]) throws(ImageError) {
        let archive = try CPIOReader(image)
        compression = archive.isCompressed ? "zstd" : "none"
        compressedSizeInBytes = image.count
        uncompressedSizeInBytes = archive.uncompressedSizeInBytes
        entries = archive.entries.map(Entry.init)
        contentSizeInBytes = entries.reduce(0) { $0 + ($1.type == "file" ? $1.sizeInBytes : 0) }
        counts = entries.reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
        modules = entries.compactMap(Module.init).sorted { ($0.kernel, $0.name) < ($1.kernel, $1.name) }
    }
}

extension InitramfsInspection.Entry {
    init(_ entry: CPIOEntry) {
        path = entry.path.hasPrefix("/") ? entry.path : "/" + entry.path
        type = entry.content.kind
        let digits = String(entry.permissions, radix: 8)
        mode = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        sizeInBytes = entry.content.bytes.count
        if case .symbolicLink(let link) = entry.content { target = link } else { target = nil }
        switch entry.content {
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor): device = "\(major):\(minor)"
        default: device = nil
        }
    }
}

extension InitramfsInspection.Module {
    /// `/lib/modules/VERSION/….ko`, also below `/usr`; nil for what is no module.
    init?(_ entry: InitramfsInspection.Entry) {
        var components = entry.path.split(separator: "/")
        if components.first == "usr" { components.removeFirst() }
        guard entry.type == "file", components.count > 3, components[0] == "lib", components[1] == "modules",
            let name = ModuleName.ofFile(entry.path)
        else { return nil }
        self.name = name
        kernel = String(components[2])
        path = entry.path
        sizeInBytes = entry.sizeInBytes
    }
}
