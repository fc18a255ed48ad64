/// Reads BER (ITU-T X.690), of which DER is a part: indefinite lengths and strings in pieces, as Java's signers write them. Lengths
/// have to be in the fewest bytes, which X.690 wants of DER alone and everybody does.
///
/// It answers elements one after another and never looks beyond the bytes that it is given.
struct BERReader {
    /// What is wrong, and where. The caller makes an error of its own document of it.
    struct Failure: Error {
        let problem: String
        /// From the document's start.
        let offset: Int

        var words: String { "byte \(offset): \(problem)" }
    }

    /// How deep elements of indefinite length may nest.
    static let depthLimit = 16

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) { self.init(bytes, bytes.startIndex..<bytes.endIndex) }

    fileprivate init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    /// The next element's identifier octet, unread.
    var nextIdentifier: UInt8? { isAtEnd ? nil : bytes[position] }

    func failure(_ problem: String) -> Failure { Failure(problem: problem, offset: position) }

    /// The next element, whatever it is; `name` is what it is called where there is none.
    mutating func next(_ name: String) throws(Failure) -> BERElement {
        guard !isAtEnd else { throw failure("no \(name)") }
        return try element(depth: 0)
    }

    /// The next element, which has to have this identifier octet.
    mutating func next(_ identifier: UInt8, _ name: String) throws(Failure) -> BERElement {
        guard nextIdentifier == identifier else { throw failure("no \(name)") }
        return try element(depth: 0)
    }

    /// The same, or nil where another element comes, or none.
    mutating func nextIfPresent(_ identifier: UInt8) throws(Failure) -> BERElement? {
        guard nextIdentifier == identifier else { return nil }
        return try element(depth: 0)
    }

    func expectEnd(of name: String) throws(Failure) {
        guard isAtEnd else { throw failure("something behind \(name)") }
    }

    private mutating func byte(_ name: String) throws(Failure) -> UInt8 {
        guard position < end else { throw failure("\(name) is cut") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func element(depth: Int) throws(Failure) -> BERElement {
        let start = position
        let identifier = try byte("an element")
        // Tags from 31 on go on in further bytes; nothing that is read here has one.
        guard identifier & 0x1f != 0x1f else { throw failure("a tag of more than one byte") }
        let first = try byte("a length")
        if first == 0x80 { return try indefinite(identifier, start, depth) }
        var length = Int(first)
        if first > 0x80 {
            let count = Int(first & 0x7f)
            guard count <= 4 else { throw failure("a length of \(count) bytes") }
            length = 0
            for _ in 0..<count { length = length << 8 | Int(try byte("a length")) }
            guard length >= (count == 1 ? 0x80 : 1 << (8 * (count - 1))) else {
                throw failure("a length in more bytes than it wants")
            }
        }
        guard end - position >= length else { throw failure("an element goes on beyond the end") }
        let contents = position..<position + length
        position = contents.upperBound
        return BERElement(
            identifier: identifier, isDefinite: true, document: bytes, range: start..<position, contentsRange: contents)
    }

    /// The contents end with two zeros, with which no element begins.
    private mutating func indefinite(_ identifier: UInt8, _ start: Int, _ depth: Int) throws(Failure) -> BERElement {
        guard identifier & 0x20 != 0 else { throw failure("a primitive element without a length") }
        guard depth < Self.depthLimit else { throw failure("nested deeper than \(Self.depthLimit)") }
        let first = position
        while nextIdentifier != 0 {
            guard !isAtEnd else { throw failure("an element without a length has no end") }
            _ = try element(depth: depth + 1)
        }
        let last = position
        position += 1
        guard try byte("an end of contents") == 0 else { throw failure("a damaged end of contents") }
        return BERElement(
            identifier: identifier, isDefinite: false, document: bytes, range: start..<position,
            contentsRange: first..<last)
    }
}

/// One element: an identifier octet, a length, contents.
struct BERElement {
    /// Class, form and tag: `0x30` is a SEQUENCE.
    let identifier: UInt8
    /// False where its end is marked, not counted.
    let isDefinite: Bool
    private let document: [UInt8]
    private let range: Range<Int>
    private let contentsRange: Range<Int>

    fileprivate init(
        identifier: UInt8, isDefinite: Bool, document: [UInt8], range: Range<Int>, contentsRange: Range<Int>
    ) {
        self.identifier = identifier
        self.isDefinite = isDefinite
        self.document = document
        self.range = range
        self.contentsRange = contentsRange
    }

    var contents: ArraySlice<UInt8> { document[contentsRange] }
    /// With its identifier and its length.
    var encoded: ArraySlice<UInt8> { document[range] }
    /// Of the elements that it is made of.
    var reader: BERReader { BERReader(document, contentsRange) }

    func failure(_ problem: String) -> BERReader.Failure {
        BERReader.Failure(problem: problem, offset: range.lowerBound)
    }
}

// MARK: - The types that are read

extension BERElement {
    static let integer: UInt8 = 0x02
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31

    /// `[number]`, in the form of what is made of elements.
    static func context(_ number: UInt8) -> UInt8 { 0xa0 | number }

    /// A small number that is not negative.
    func smallInteger(_ name: String) throws(BERReader.Failure) -> Int {
        guard identifier == Self.integer, contents.count == 1, let byte = contents.first, byte < 0x80 else {
            throw failure("\(name) is no small number")
        }
        return Int(byte)
    }

    /// An OCTET STRING's bytes, in one piece or in several, whose pieces are whole.
    func octets(_ name: String) throws(BERReader.Failure) -> [UInt8] {
        if identifier == Self.octetString { return Array(contents) }
        guard identifier == Self.octetString | 0x20 else { throw failure("\(name) is no OCTET STRING") }
        var pieces: [UInt8] = []
        var reader = self.reader
        while !reader.isAtEnd { pieces += try reader.next(Self.octetString, "piece of \(name)").contents }
        return pieces
    }

    /// An OBJECT IDENTIFIER's numbers with points between them: `1.2.840.113549.1.7.2`.
    func objectIdentifier(_ name: String) throws(BERReader.Failure) -> String {
        guard identifier == Self.objectIdentifier, let last = contents.last, last < 0x80 else {
            throw failure("\(name) is no OBJECT IDENTIFIER")
        }
        var numbers: [UInt64] = []
        var number: UInt64 = 0
        var isFirst = true
        for byte in contents {
            if isFirst && byte == 0x80 { throw failure("\(name) begins a number with zeros") }
            guard number < 1 << 56 else { throw failure("\(name) has a number past all use") }
            number = number << 7 | UInt64(byte & 0x7f)
            isFirst = byte < 0x80
            guard isFirst else { continue }
            // The first two stand in one (X.690, 8.19.4).
            if numbers.isEmpty {
                let root = min(number / 40, 2)
                numbers = [root, number - root * 40]
            } else {
                numbers.append(number)
            }
            number = 0
        }
        return numbers.map(String.init).joined(separator: ".")
    }
}
