public import Documents

/// A network configuration as people and clouds write it: netplan's format, which cloud-init calls version 2, or cloud-init's
/// version 1 (its documentation's "Networking config Version 1" and "Version 2"; netplan's YAML reference).
///
/// What it says is a ``DesiredNetwork``. What this build does not know or cannot do is a warning with its place: nothing is dropped
/// in silence, and nothing that is wrong is guessed at.
public struct NetworkDocument: Hashable, Sendable {
    /// What was left out, or taken otherwise than it may be meant.
    public struct Warning: Hashable, Sendable, CustomStringConvertible {
        public enum Kind: Hashable, Sendable {
            /// Neither format has such a key.
            case unknownKey
            /// The format has it, and this build does not do it.
            case unsupported
            /// It means nothing without another key; which.
            case needs(String)
            /// The document defines no such interface: a device of that name is meant.
            case undefined(String)
            /// An address without a prefix length: the one that is taken.
            case assumedLength(Int)
            /// The document says that the network is not to be touched.
            case disabled
        }
        /// `ethernets.eth0.routes[1].type`.
        public let path: String
        public let kind: Kind

        public var description: String {
            switch kind {
            case .unknownKey: "\(path): unknown, left out"
            case .unsupported: "\(path): not supported, left out"
            case .needs(let key): "\(path): it means nothing without \(key), left out"
            case .undefined(let name): "\(path): \(name) is not defined here, a device of that name is meant"
            case .assumedLength(let length): "\(path): without a prefix length, /\(length) is taken"
            case .disabled: "\(path): no network is to be set up"
            }
        }
    }

    public let network: DesiredNetwork
    /// In the order of their places.
    public let warnings: [Warning]

    /// The most interfaces, and the most entries in one list.
    static let limit = 4096

    /// Reads what a YAML or JSON parser made of it, with or without the key `network` around it.
    public init(_ value: JSONValue) throws(NetworkDocumentError) {
        var reading = NetworkReading()
        var top = try WrittenValue(value, at: "").mapping()
        if let inner = top.value("network") {
            reading.warn(about: top)
            top = try inner.mapping()
        }
        if case .string("disabled") = top.value("config")?.value {
            reading.warn(top.place(of: "config"), .disabled)
        } else {
            switch try top.require("version").integer(in: 0...Int.max) {
            case 1: try reading.readVersion1(&top)
            case 2: try reading.readVersion2(&top)
            case let version: throw NetworkDocumentError(top.place(of: "version"), .unknownVersion(version))
            }
        }
        reading.warn(about: top)
        try reading.finish()
        network = reading.network
        warnings = reading.warnings.sorted { $0.path < $1.path }
    }
}
