public import Kernel

/// One message of the kernel's kobject layer (lib/kobject_uevent.c): `ACTION@DEVPATH`, then `KEY=value` strings.
public struct Uevent: Hashable, Sendable {
    /// `add`, `remove`, `change`, `move`, `online`, `offline`, `bind`, `unbind`.
    public let action: String
    /// The device's path below `/sys`.
    public let devicePath: String
    /// Every `KEY=value`, the first of a key.
    public let properties: [String: String]

    public var subsystem: String? { properties["SUBSYSTEM"] }
    public var modalias: String? { properties["MODALIAS"] }
    public var sequenceNumber: UInt64? { properties["SEQNUM"].flatMap { UInt64($0) } }

    /// nil for what is no kernel uevent: udevd's messages on the same protocol begin with `libudev`.
    public init?(_ bytes: [UInt8]) {
        let strings = bytes.split(separator: 0, omittingEmptySubsequences: true)
        guard let head = strings.first, let at = head.firstIndex(of: UInt8(ascii: "@")), at > head.startIndex else {
            return nil
        }
        let path = head[head.index(after: at)...]
        guard path.first == UInt8(ascii: "/") else { return nil }
        action = String(decoding: head[..<at], as: UTF8.self)
        devicePath = String(decoding: path, as: UTF8.self)
        var properties: [String: String] = [:]
        for string in strings.dropFirst() {
            guard let equals = string.firstIndex(of: UInt8(ascii: "=")), equals > string.startIndex else { continue }
            let key = String(decoding: string[..<equals], as: UTF8.self)
            if properties[key] == nil {
                properties[key] = String(decoding: string[string.index(after: equals)...], as: UTF8.self)
            }
        }
        self.properties = properties
    }
}

/// What carries uevents: the kernel's socket, or a recording of it.
public protocol UeventSource: Sendable {
    /// The next event, or nil when the deadline strikes. ENOBUFS says that events were lost: walk sysfs again.
    func next(until deadline: Deadline) throws(OSError) -> Uevent?
}
