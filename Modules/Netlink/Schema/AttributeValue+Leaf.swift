internal import CKernel
internal import Kernel

extension sw_netlink_value {
    /// In bytes; nil for what is no integer.
    var integerSize: Int? {
        switch self {
        case SW_NL_U8, SW_NL_S8: 1
        case SW_NL_U16, SW_NL_S16, SW_NL_BE16: 2
        case SW_NL_U32, SW_NL_S32, SW_NL_BE32: 4
        case SW_NL_U64, SW_NL_S64, SW_NL_BE64: 8
        default: nil
        }
    }
}

extension AttributeValue {
    /// Of bytes that are one value without attributes or structs inside; nil where they do not fit.
    init?(_ bytes: ArraySlice<UInt8>, as kind: sw_netlink_value) {
        if let size = kind.integerSize {
            guard bytes.count == size else { return nil }
            let isSigned = [SW_NL_S8, SW_NL_S16, SW_NL_S32, SW_NL_S64].contains(kind)
            let isBigEndian = [SW_NL_BE16, SW_NL_BE32, SW_NL_BE64].contains(kind)
            self = .integer(AttributeInteger(bytes, isSigned: isSigned, isBigEndian: isBigEndian))
            return
        }
        switch kind {
        case SW_NL_UINT where bytes.count == 4 || bytes.count == 8:
            self = .integer(AttributeInteger(bytes, isSigned: false, isBigEndian: false))
        case SW_NL_TEXT:
            guard let text = Self.text(bytes) else { return nil }
            self = text
        case SW_NL_FLAG where bytes.isEmpty: self = .flag
        case SW_NL_HWADDR: self = .hardwareAddress(Array(bytes))
        case SW_NL_IPV4 where bytes.count == 4, SW_NL_IPV6 where bytes.count == 16, SW_NL_ADDRESS:
            guard let address = IPAddress(bytes: Array(bytes)) else { return nil }
            self = .address(address)
        case SW_NL_MPLS where bytes.count == 4:
            let entry = AttributeInteger(bytes, isSigned: false, isBigEndian: true).bits
            self = .label(MPLSLabel(entry: UInt32(truncatingIfNeeded: entry)))
        case SW_NL_BYTES: self = .bytes(Array(bytes))
        default: return nil
        }
    }

    /// NULs at the end alone, and what is before them is UTF-8.
    private static func text(_ bytes: ArraySlice<UInt8>) -> AttributeValue? {
        let end = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? bytes.startIndex
        let body = bytes[bytes.startIndex..<end]
        guard !body.contains(0), let text = String(validating: body, as: UTF8.self) else { return nil }
        return .text(text, terminators: bytes.endIndex - end)
    }
}
