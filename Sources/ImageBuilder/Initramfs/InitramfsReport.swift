/// What an image came to hold, for people's tables and as `image build --json`.
package struct InitramfsReport: Hashable, Sendable, Encodable {
    package struct Library: Hashable, Sendable, Encodable {
        package let path: String
        package let hostPath: String
        package let neededBy: String
        package let sizeInBytes: Int

        enum CodingKeys: String, CodingKey {
            case path
            case hostPath = "host_path"
            case neededBy = "needed_by"
            case sizeInBytes = "size_bytes"
        }
    }

    package struct Module: Hashable, Sendable, Encodable {
        package let name: String
        /// In the image.
        package let path: String
        package let sizeInBytes: Int
        /// `asked`, `dependency` or `soft`.
        package let why: String
        /// The module that brought it; nil for what was asked for.
        package let by: String?

        enum CodingKeys: String, CodingKey {
            case name, path, why, by
            case sizeInBytes = "size_bytes"
        }
    }

    package struct Firmware: Hashable, Sendable, Encodable {
        package let path: String
        package let sizeInBytes: Int

        enum CodingKeys: String, CodingKey {
            case path
            case sizeInBytes = "size_bytes"
        }
    }

    package struct MissingFirmware: Hashable, Sendable, Encodable {
        package let name: String
        /// Those that name it.
        package let modules: [String]
    }

    /// Where the image was written.
    package internal(set) var output = ""
    package internal(set) var compressedSizeInBytes = 0
    package internal(set) var uncompressedSizeInBytes = 0
    package internal(set) var entryCount = 0
    /// In the order in which the loader would find them.
    package internal(set) var libraries: [Library] = []
    /// The release of the modules' kernel; nil for an image without modules.
    package internal(set) var kernel: String?
    /// In an order in which they can be loaded.
    package internal(set) var modules: [Module] = []
    /// What was asked for and is part of the kernel.
    package internal(set) var builtinModules: [String] = []
    package internal(set) var firmware: [Firmware] = []
    package internal(set) var missingFirmware: [MissingFirmware] = []

    enum CodingKeys: String, CodingKey {
        case output, libraries, kernel, modules, firmware
        case compressedSizeInBytes = "compressed_bytes"
        case uncompressedSizeInBytes = "uncompressed_bytes"
        case entryCount = "entries"
        case builtinModules = "builtin_modules"
        case missingFirmware = "missing_firmware"
    }
}
