public import Documents

/// Something that a platform leaves on its machines: one row of the detection rules, which are data.
public struct PlatformMark: Hashable, Sendable {
    /// The fact that is looked at.
    public enum Source: Hashable, Sendable {
        case dmi(PlatformFacts.DMIField)
        case hypervisorUUID
        case virtualization
        case blockLabel
        case virtioPort
        case fwCfg
    }

    /// How it must read. Letters of either case are the same (ASCII).
    public enum Pattern: Hashable, Sendable {
        case equals(String)
        case startsWith(String)
        case endsWith(String)
        case contains(String)
        /// A UUID that begins so, in the one byte order of its first group or the other (SMBIOS 2.6 changed it).
        case uuidStartsWith(String)
    }

    /// How much it says: its weight, and which platform comes first.
    public enum Strength: Int, Hashable, Sendable, Comparable {
        /// Adds to a platform that has another mark, and is none alone.
        case supporting = 10
        /// A label or a port.
        case attached = 30
        /// The hypervisor's own platform.
        case hypervisor = 60
        /// A provider's own name in the firmware tables: over the hypervisor that it rents out.
        case provider = 100
        /// One who copies another's interface, and maybe its name: looked for first.
        case clone = 120
        /// `slipway.platform=`.
        case commandLine = 1000

        public static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
    }

    public let source: Source
    public let pattern: Pattern
    public let strength: Strength
    /// Where this mark leads to another source than the platform's own.
    public let dataSource: DataSource?

    public init(_ source: Source, _ pattern: Pattern, _ strength: Strength, dataSource: DataSource? = nil) {
        self.source = source
        self.pattern = pattern
        self.strength = strength
        self.dataSource = dataSource
    }
}

extension PlatformMark.Source {
    /// As the verdict names it: `dmi.sys_vendor`.
    var name: String {
        switch self {
        case .dmi(let field): "dmi.\(field.rawValue)"
        case .hypervisorUUID: "hypervisor_uuid"
        case .virtualization: "virtualization"
        case .blockLabel: "block_labels"
        case .virtioPort: "virtio_ports"
        case .fwCfg: "fw_cfg"
        }
    }

    func values(in facts: PlatformFacts) -> [String] {
        switch self {
        case .dmi(let field): facts.dmi[field].map { [$0] } ?? []
        case .hypervisorUUID: facts.hypervisorUUID.map { [$0] } ?? []
        case .virtualization: facts.virtualization.map { [$0] } ?? []
        case .blockLabel: facts.blockLabels
        case .virtioPort: facts.virtioPorts
        case .fwCfg: facts.fwCfg
        }
    }
}

extension PlatformMark.Pattern {
    func matches(_ value: String) -> Bool {
        let value = value.lowercased()
        switch self {
        case .equals(let text): return value == text.lowercased()
        case .startsWith(let text): return value.hasPrefix(text.lowercased())
        case .endsWith(let text): return value.hasSuffix(text.lowercased())
        case .contains(let text): return value.contains(text.lowercased())
        case .uuidStartsWith(let text):
            let text = text.lowercased()
            let digits = Array(value.prefix(8))
            guard digits.count == 8, digits.allSatisfy(\.isHexDigit) else { return false }
            let swapped = stride(from: 6, through: 0, by: -2).flatMap { digits.dropFirst($0).prefix(2) }
            return value.hasPrefix(text) || String(swapped).hasPrefix(text)
        }
    }
}

extension PlatformMark {
    /// Where it is looked for, as the verdict names it: `dmi.sys_vendor`.
    public var sourceName: String { source.name }

    /// `{"source":"dmi.sys_vendor","match":"equals","value":"Amazon EC2","weight":100}`.
    var document: JSONValue {
        let (match, value) =
            switch pattern {
            case .equals(let text): ("equals", text)
            case .startsWith(let text): ("starts_with", text)
            case .endsWith(let text): ("ends_with", text)
            case .contains(let text): ("contains", text)
            case .uuidStartsWith(let text): ("uuid_starts_with", text)
            }
        return [
            "source": .string(sourceName), "match": .string(match), "value": .string(value),
            "weight": JSONValue(strength.rawValue),
        ]
    }
}

extension PlatformDefinition {
    /// The row of `platform list --json`.
    public var document: JSONValue {
        [
            "platform": .string(name.rawValue), "data_source": .string(dataSource.rawValue),
            "metadata": .bool(source != nil),
            "virtualizations": virtualizations.map { JSONValue($0.sorted()) } ?? .null,
            "marks": .array(marks.map(\.document)),
        ]
    }
}
