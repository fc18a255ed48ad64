public import Documents
internal import FoundationEssentials
internal import Kernel
internal import Partitions
internal import SystemPackage

/// The layout of `planes/disks.json`: sizes in bytes, windows as base64 in the order of their offsets, zeros left out.
private struct RecordsDocument: Codable {
    static let currentVersion = 1

    struct Look: Codable {
        var offset: UInt64
        var size: UInt64?
    }
    struct Window: Codable {
        var offset: UInt64
        var bytes: String
    }
    struct Device: Codable {
        var path: String
        var dev: String?
        var size: UInt64
        var logicalSector: UInt64?
        var physicalSector: UInt64?
        var optimalTransfer: UInt64
        var isReadOnly: Bool
        var table: Bool
        var looks: [Look]
        var doubtfulLooks: [Look]
        var windows: [Window]

        enum CodingKeys: String, CodingKey {
            case path, dev, table, looks, windows
            case size = "size_bytes"
            case logicalSector = "logical_sector_bytes"
            case physicalSector = "physical_sector_bytes"
            case optimalTransfer = "optimal_io_bytes"
            case isReadOnly = "read_only"
            case doubtfulLooks = "doubtful_looks"
        }
    }
    struct Failure: Codable {
        var path: String
        var operation: String
        var errno: Int32
    }
    struct Opener: Codable {
        var device: String
        var process: Int
        var name: String
    }

    var version: Int
    var devices: [Device]
    var failures: [Failure]
    var openers: [Opener]
}

extension DeviceRecords {
    /// What a foreign record cannot make us hold.
    private enum Limits {
        static let devices = 8192
        static let looks = 1024
        static let windows = 65_536
        /// Of all windows of a device, and of all devices.
        static let device = 16 << 20
        static let whole = 64 << 20
    }

    /// The document, as JSON.
    public func encoded() throws(DocumentError) -> [UInt8] {
        let document = RecordsDocument(
            version: RecordsDocument.currentVersion,
            devices: devices.values.sorted { $0.path.string < $1.path.string }.map(Self.document),
            failures: failures.sorted { $0.key < $1.key }.map { path, error in
                .init(path: path, operation: error.operation, errno: error.errno.rawValue)
            },
            openers: openers.map { .init(device: $0.device, process: $0.process ?? 0, name: $0.name) })
        return Array((try JSONText.encode(document) + "\n").utf8)
    }

    private static func document(_ record: DeviceRecord) -> RecordsDocument.Device {
        .init(
            path: record.path.string, dev: record.geometry.device, size: record.geometry.sizeInBytes,
            logicalSector: record.geometry.logicalSector, physicalSector: record.geometry.physicalSector,
            optimalTransfer: record.geometry.optimalTransfer, isReadOnly: record.geometry.isReadOnly,
            table: record.hasTable, looks: record.looks.map { .init(offset: $0.offset, size: $0.size) },
            doubtfulLooks: record.doubtfulLooks.map { .init(offset: $0.offset, size: $0.size) },
            windows: record.windows.pieces.map {
                .init(offset: $0.offset, bytes: Data($0.bytes).base64EncodedString())
            })
    }

    /// Reads a document of which nothing is believed.
    /// - Throws: what is malformed, or more than any recorder keeps.
    public init(decoding bytes: [UInt8]) throws(DocumentError) {
        let document = try JSONText.decode(RecordsDocument.self, from: bytes)
        guard document.version == RecordsDocument.currentVersion else {
            throw Self.refusal("version \(document.version); this build reads \(RecordsDocument.currentVersion)")
        }
        guard document.devices.count + document.failures.count + document.openers.count <= Limits.devices else {
            throw DocumentError(.json, .tooMany(limit: Limits.devices))
        }
        var rest = Limits.whole
        for device in document.devices {
            let record = try Self.record(device)
            rest -= record.windows.pieces.reduce(0) { $0 + $1.bytes.count }
            guard rest >= 0 else { throw DocumentError(.json, .tooLarge(limitInBytes: Limits.whole)) }
            guard devices.updateValue(record, forKey: device.path) == nil else {
                throw Self.refusal("\(device.path) is there twice")
            }
        }
        for failure in document.failures {
            guard (1...4095).contains(failure.errno) else { throw Self.refusal("errno \(failure.errno)") }
            failures[failure.path] = OSError(
                operation: failure.operation, errno: Errno(rawValue: failure.errno), subject: failure.path)
        }
        openers = document.openers.map { DiskUse(.open, of: $0.device, $0.name, process: $0.process) }
    }

    private static func record(_ device: RecordsDocument.Device) throws(DocumentError) -> DeviceRecord {
        func refusal(_ words: String) -> DocumentError { Self.refusal("\(device.path): \(words)") }
        guard device.path.hasPrefix("/"), !device.path.utf8.contains(0), FilePath(device.path).string == device.path
        else {
            throw refusal("this is no path of a device")
        }
        guard Int64(exactly: device.size) != nil else {
            throw refusal("no device has \(device.size) bytes")
        }
        // What probing and reading a table take.
        if let size = device.logicalSector, ![512, 1024, 2048, 4096].contains(size) {
            throw refusal("sectors of \(size) bytes")
        }
        guard device.looks.count + device.doubtfulLooks.count <= Limits.looks else {
            throw DocumentError(.json, .tooMany(limit: Limits.looks))
        }
        guard device.windows.count <= Limits.windows else {
            throw DocumentError(.json, .tooMany(limit: Limits.windows))
        }
        var windows = SparseBytes(sizeInBytes: device.size)
        var end: UInt64 = 0
        var rest = Limits.device
        for window in device.windows {
            guard window.bytes.utf8.count / 4 * 3 <= rest + 3, let data = Data(base64Encoded: window.bytes) else {
                throw refusal("the window at \(window.offset) is no base64, or too long")
            }
            rest -= data.count
            guard rest >= 0, !data.isEmpty, window.offset >= end, windows.insert(Array(data), at: window.offset) else {
                throw refusal("the window at \(window.offset) is empty, out of order, or not within the device")
            }
            // It is within the device.
            end = window.offset + UInt64(data.count)
        }
        return DeviceRecord(
            path: FilePath(device.path),
            geometry: .init(
                sizeInBytes: device.size, logicalSector: device.logicalSector,
                physicalSector: device.physicalSector, optimalTransfer: device.optimalTransfer,
                isReadOnly: device.isReadOnly, device: device.dev),
            looks: device.looks.map { .init(offset: $0.offset, size: $0.size) },
            doubtfulLooks: device.doubtfulLooks.map { .init(offset: $0.offset, size: $0.size) },
            hasTable: device.table, windows: windows)
    }

    private static func refusal(_ words: String) -> DocumentError { DocumentError(.json, .unexpected(words)) }
}
