internal import Compression
internal import Kernel
internal import SystemPackage

/// A module's object, decompressed.
struct ModuleFile {
    private static let limit = 256 << 20

    /// What is to be in the image: below the tree, with the name of an uncompressed module.
    let path: String
    let bytes: [UInt8]
    /// What the module says of itself, `key=value` each.
    private let information: [String]

    /// Reads a member of a tree. The whole image is compressed, which does better on plain modules than on
    /// compressed ones, and spares the init the decompressor.
    init(_ path: String, in tree: FilePath, files: any FileSource) throws(ImageError) {
        let file = tree.appending(path)
        let stored = try files.wholeContents(of: file, limitInBytes: Self.limit)
        if path.hasSuffix(".ko") {
            self.path = path
            bytes = stored
        } else if path.hasSuffix(".ko.zst") {
            self.path = String(path.dropLast(".zst".count))
            do {
                bytes = try Zstandard.decompress(stored, limit: Self.limit)
            } catch {
                throw .compression(subject: file.string, error)
            }
        } else {
            throw .unsupportedModuleFile(file)
        }
        information = try ELFBytes(bytes, file: file).section(".modinfo").split(separator: 0).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The names that the module may hand to request_firmware, in its order.
    var firmware: [String] {
        let key = "firmware="
        return information.filter { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) }
    }
}
