/// File identifiers as Linux shows them.
enum ISOName {
    /// Of plain ISO 9660: in lower case, without the version 1 and the dot before it (fs/isofs/dir.c, isofs_name_translate).
    static func plain(_ identifier: [UInt8]) -> String {
        var name = identifier.prefix { $0 != 0 }
        if name.hasSuffix(";1") {
            name.removeLast(2)
            if name.last == UInt8(ascii: ".") { name.removeLast() }
        }
        return String(
            decoding: name.map { character in
                switch character {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): character | 0x20
                // Another version; a slash in an identifier of Acorn's.
                case UInt8(ascii: ";"), UInt8(ascii: "/"): UInt8(ascii: ".")
                default: character
                }
            }, as: UTF8.self)
    }

    /// Of Joliet: UCS-2, without the version and dots at its end (fs/isofs/joliet.c).
    static func joliet(_ identifier: [UInt8]) -> String {
        var name = VolumeText.utf16BigEndian(identifier[...])
        if name.utf8.count > 2, name.hasSuffix(";1") { name.removeLast(2) }
        while name.utf8.count >= 2, name.hasSuffix(".") { name.removeLast() }
        return name
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasSuffix(_ text: String) -> Bool { count > text.utf8.count && suffix(text.utf8.count).elementsEqual(text.utf8) }
}
