internal import Kernel

extension AttributeSet {
    /// Appends an attribute of a message as it came, its bits beside the type too.
    package mutating func append(
        _ attribute: NetlinkAttribute, of bytes: borrowing RawSpan
    ) throws(NetlinkError) {
        var cursor = ByteCursor(at: attribute.offset)
        guard let copy = cursor.take(Int(attribute.length), of: bytes) else { throw attribute.tooShort }
        append { $0.append(bytes: copy) }
    }

    /// The attributes but for those of `types`.
    package func removing(_ types: [Int]) -> AttributeSet {
        var result = self
        for type in types { result.remove(type) }
        return result
    }
}
