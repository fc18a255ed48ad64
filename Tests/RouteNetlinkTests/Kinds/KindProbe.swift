import Netlink
import RouteNetlink
import Testing

/// Holds properties of a kind against attributes whose bytes were written from the kernel's headers.
struct KindProbe<Kind: LinkKind> {
    init(_ kind: Kind.Type) {}

    /// `path` is the one attribute `type` with the payload `bytes`, both ways; beside it an unknown attribute stays; nil removes it alone; a
    /// shorter payload answers nil.
    func property<Value: Equatable>(
        _ path: WritableKeyPath<Kind, Value?>, _ value: Value, _ type: UInt16, _ bytes: [UInt8],
        nested: Bool = false, at location: SourceLocation = #_sourceLocation
    ) throws {
        let wire = attribute(nested ? type | 0x8000 : type, bytes)
        try writes({ $0[keyPath: path] = value }, wire, at: location)
        try reads({ $0[keyPath: path] }, value, wire, at: location)
        var kind = try Kind(attributes: AttributeSet(unknown + wire + unknown))
        #expect(kind[keyPath: path] == value, sourceLocation: location)
        kind[keyPath: path] = nil
        #expect(kind.attributes.bytes == unknown + unknown, sourceLocation: location)
        kind[keyPath: path] = value
        #expect(kind.attributes.bytes == unknown + unknown + wire, sourceLocation: location)
        for count in bytes.indices where !nested {
            let short = try Kind(attributes: AttributeSet(attribute(type, Array(bytes.prefix(count)))))
            #expect(short[keyPath: path] == nil, "of \(count) bytes", sourceLocation: location)
        }
    }

    /// The property is the presence of an empty attribute.
    func presence(_ path: WritableKeyPath<Kind, Bool>, _ type: UInt16, at location: SourceLocation = #_sourceLocation)
        throws
    {
        let wire = attribute(type, [])
        try writes({ $0[keyPath: path] = true }, wire, at: location)
        var kind = try Kind(attributes: AttributeSet(unknown + wire))
        #expect(kind[keyPath: path], sourceLocation: location)
        kind[keyPath: path] = false
        #expect(kind.attributes.bytes == unknown && !kind[keyPath: path], sourceLocation: location)
    }

    /// `change` makes exactly those bytes of a kind without options.
    func writes(_ change: (inout Kind) -> Void, _ wire: [UInt8], at location: SourceLocation = #_sourceLocation) throws
    {
        var kind = Kind()
        #expect(kind.attributes.isEmpty, sourceLocation: location)
        change(&kind)
        #expect(kind.attributes.bytes == wire, sourceLocation: location)
    }

    /// Those bytes are read as that value; none of the prefixes that are attributes traps.
    func reads<Value: Equatable>(
        _ read: (Kind) -> Value?, _ value: Value, _ wire: [UInt8], at location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try read(Kind(attributes: AttributeSet(wire))) == value, sourceLocation: location)
        #expect(read(Kind()) == nil, sourceLocation: location)
        for count in wire.indices {
            if let part = try? AttributeSet(Array(wire.prefix(count))) { _ = read(Kind(attributes: part)) }
        }
    }
}

/// An attribute that no header has.
private let unknown: [UInt8] = [7, 0, 0xf0, 0x3f, 1, 2, 3, 0]

/// struct nlattr, the payload, the padding.
func attribute(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
    let length = UInt16(4 + payload.count)
    let bytes = [length, type].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } + payload
    return bytes + Array(repeating: 0, count: (4 - bytes.count % 4) % 4)
}
