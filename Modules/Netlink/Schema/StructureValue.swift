internal import CKernel
internal import Kernel

/// A C struct of a message, member by member.
///
/// Where the sender's is shorter than ours the missing members are zero, where it is longer the rest is ``tail``; either
/// encodes as it came.
public struct StructureValue: Hashable, Sendable {
    /// One member.
    public struct Field: Hashable, Sendable {
        public let name: String
        public var value: AttributeValue
        let offset: Int
    }

    /// The struct's tag: `rtnl_link_stats64`.
    public let name: String
    public var fields: [Field]
    /// What follows the struct by its own count, if it is of such a sort: the segments of a segment routing header.
    public var rest: Rest?
    /// Bytes past all that is known.
    public var tail: [UInt8]
    /// The bytes between members, in order, where they are not all zero.
    public var padding: [UInt8]?
    /// What the sender sent of the struct itself.
    let sizeInBytes: Int

    /// Elements behind a struct.
    public struct Rest: Hashable, Sendable {
        public let name: String
        /// Whether it is always one.
        public let isSingle: Bool
        public var values: [AttributeValue]
    }

    /// The member of that name.
    public subscript(name: String) -> AttributeValue? { fields.first { $0.name == name }?.value }

    /// Of all of `bytes`.
    init(_ bytes: [UInt8], _ layout: StructureLayout) {
        if layout.isArray {
            self.init(array: bytes, layout)
            return
        }
        self.init(structure: bytes, layout)
    }

    private init(structure bytes: [UInt8], _ layout: StructureLayout) {
        name = layout.name
        sizeInBytes = min(bytes.count, layout.size)
        var whole = Array(bytes.prefix(layout.size))
        whole += repeatElement(0, count: layout.size - whole.count)
        fields = layout.members.map { Field(name: $0.name, value: Self.value(of: $0, in: whole), offset: $0.offset) }
        tail = Array(bytes.dropFirst(layout.size))
        let gaps = Self.gaps(layout.members.map { $0.offset..<$0.offset + $0.size }, whole.count)
        let between = gaps.filter { $0 < sizeInBytes }.map { whole[$0] }
        padding = between.contains { $0 != 0 } ? between : nil
        if let form = layout.rest, bytes.count > layout.size { takeRest(form) }
    }

    /// Integers by index, named where the index is known.
    private init(array bytes: [UInt8], _ layout: StructureLayout) {
        name = layout.name
        let members = layout.members
        let size = max(1, members.first?.size ?? 1)
        let isSigned = members.first?.kind == SW_NL_S32
        sizeInBytes = bytes.count - bytes.count % size
        fields = stride(from: 0, to: sizeInBytes, by: size).map { offset in
            Field(
                name: members.first { $0.offset == offset }?.name.lowercased() ?? "\(offset / size)",
                value: .integer(
                    AttributeInteger(bytes[offset..<offset + size], isSigned: isSigned, isBigEndian: false)),
                offset: offset)
        }
        tail = Array(bytes[sizeInBytes...])
    }

    private static func value(of member: StructureLayout.Member, in bytes: [UInt8]) -> AttributeValue {
        guard member.offset + member.size <= bytes.count else { return .bytes([]) }
        let slice = bytes[member.offset..<member.offset + member.size]
        if member.kind == SW_NL_STRUCT, let layout = member.layout {
            return .structure(StructureValue(Array(slice), layout))
        }
        if let width = member.kind.integerSize, member.size > width, member.size % width == 0 {
            return .list(
                stride(from: slice.startIndex, to: slice.endIndex, by: width).map {
                    AttributeValue(slice[$0..<$0 + width], as: member.kind) ?? .bytes(Array(slice[$0..<$0 + width]))
                })
        }
        return AttributeValue(slice, as: member.kind) ?? .bytes(Array(slice))
    }

    private mutating func takeRest(_ form: StructureLayout.Rest) {
        guard let counter = form.counter else {
            guard let value = AttributeValue(tail[...], as: form.kind) else { return }
            rest = Rest(name: form.name, isSingle: true, values: [value])
            tail = []
            return
        }
        guard counter < fields.count, let count = fields[counter].value.integer else { return }
        let size = form.layout?.size ?? form.kind.integerSize ?? (form.kind == SW_NL_IPV6 ? 16 : 4)
        let wanted = min(Int(clamping: count) + form.extra, tail.count / max(1, size))
        var values: [AttributeValue] = []
        for index in 0..<max(0, wanted) {
            let slice = tail[index * size..<(index + 1) * size]
            if let layout = form.layout {
                values.append(.structure(StructureValue(Array(slice), layout)))
            } else {
                values.append(AttributeValue(slice, as: form.kind) ?? .bytes(Array(slice)))
            }
        }
        rest = Rest(name: form.name, isSingle: false, values: values)
        tail = Array(tail.dropFirst(values.count * size))
    }

    /// The bytes from 0 to `size` in none of `ranges`.
    private static func gaps(_ ranges: [Range<Int>], _ size: Int) -> [Int] {
        (0..<size).filter { position in !ranges.contains { $0.contains(position) } }
    }

    func encoded() throws(NetlinkError) -> [UInt8] {
        var bytes: [UInt8] = []
        var covered: [Range<Int>] = []
        for field in fields {
            let encoded = try field.value.encoded()
            let range = field.offset..<field.offset + encoded.count
            if bytes.count < range.upperBound {
                bytes += repeatElement(0, count: range.upperBound - bytes.count)
            }
            bytes.replaceSubrange(range, with: encoded)
            covered.append(range)
        }
        if bytes.count < sizeInBytes { bytes += repeatElement(0, count: sizeInBytes - bytes.count) }
        if let padding {
            for (position, byte) in zip(Self.gaps(covered, bytes.count), padding) { bytes[position] = byte }
        }
        bytes = Array(bytes.prefix(sizeInBytes))
        for value in rest?.values ?? [] { bytes += try value.encoded() }
        return bytes + tail
    }
}
