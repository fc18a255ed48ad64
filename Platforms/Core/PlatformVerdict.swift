internal import Documents

/// A mark that was found.
public struct PlatformSignal: Hashable, Sendable {
    /// Where: `dmi.sys_vendor`, `block_labels`, `cmdline`.
    public let source: String
    /// What stands there.
    public let value: String
    public let weight: Int
    /// Whose mark it is.
    public let platform: PlatformName

    public init(source: String, value: String, weight: Int, platform: PlatformName) {
        self.source = source
        self.value = value
        self.weight = weight
        self.platform = platform
    }
}

/// Which platform a machine is on, and every reason for it and against it.
public struct PlatformVerdict: Hashable, Sendable {
    public let platform: PlatformName
    /// What runs the machine: an axis of its own. Nil for not known.
    public let virtualization: String?
    public let dataSource: DataSource
    /// The weights of the platform's signals together; 0 where only nothing else matched.
    public let score: Int
    /// All signals, the heaviest first.
    public let signals: [PlatformSignal]
    /// What speaks against the verdict.
    public let conflicts: [PlatformSignal]
    /// In a container the marks are its host's.
    public let isContainer: Bool
}

extension PlatformVerdict: Encodable {
    public func encode(to encoder: any Encoder) throws {
        let list = { (signals: [PlatformSignal]) in
            JSONValue.array(
                signals.map {
                    [
                        "source": .string($0.source), "value": .string($0.value), "weight": JSONValue($0.weight),
                        "for": .string($0.platform.rawValue),
                    ]
                })
        }
        let document: JSONValue = [
            "platform": .string(platform.rawValue), "virtualization": JSONValue(virtualization),
            "data_source": .string(dataSource.rawValue), "score": JSONValue(score), "signals": list(signals),
            "conflicts": list(conflicts), "container": .bool(isContainer),
        ]
        try document.encode(to: encoder)
    }
}
