internal import CKernel
public import Kernel

/// Bytes of messages in the making: fixed headers and attributes, each padded to four bytes.
///
/// One writer may hold many messages, one after the other, as a batch does; it allocates only where its room ends.
public struct MessageWriter: Hashable, Sendable {
    @usableFromInline internal var storage: [UInt8] = []
    /// What was written up to now.
    @inlinable public var bytes: [UInt8] { storage }
    @usableFromInline internal var overflowed = false
    /// Whether an attribute outgrew the 16 bits of its length: what is here cannot be sent.
    public var isTooLong: Bool { overflowed }

    public init() {}

    /// Makes room for `count` more bytes at once.
    public mutating func reserve(_ count: Int) { storage.reserveCapacity(bytes.count + count) }

    /// Forgets all, and keeps the room.
    public mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        overflowed = false
    }

    /// Appends a C struct as it is in memory, as fixed headers and payloads are, and padding to four bytes.
    @inlinable
    package mutating func append<Header: BitwiseCopyable>(header: Header) {
        // SAFETY: the bytes of a local value; the structs of the UAPI have named padding, so all of them are set.
        unsafe withUnsafeBytes(of: header) { unsafe append(raw: $0) }
        pad()
    }

    /// Appends bytes as they are, and padding to four.
    public mutating func append(bytes more: some Sequence<UInt8>) {
        storage.append(contentsOf: more)
        pad()
    }

    /// Appends an attribute with that payload.
    public mutating func attribute(_ type: some BinaryInteger, bytes payload: some Collection<UInt8>) {
        header(type, payload.count)
        storage.append(contentsOf: payload)
        pad()
    }

    /// Appends an attribute that is an integer in the machine's order.
    @inlinable
    public mutating func attribute<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: some BinaryInteger, integer: Value
    ) {
        header(type, MemoryLayout<Value>.size)
        // SAFETY: the bytes of a local integer.
        unsafe withUnsafeBytes(of: integer) { unsafe append(raw: $0) }
        pad()
    }

    /// Appends an attribute that is an integer in network order.
    @inlinable
    public mutating func attribute<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: some BinaryInteger, bigEndian value: Value
    ) { attribute(type, integer: value.bigEndian) }

    /// Appends an attribute that is an address.
    @inlinable
    public mutating func attribute(_ type: some BinaryInteger, address: IPAddress) {
        switch address {
        case .v4(let address): attribute(type, bigEndian: address.rawValue)
        case .v6(let address):
            header(type, 16)
            // SAFETY: the bytes of local integers.
            unsafe withUnsafeBytes(of: (address.high.bigEndian, address.low.bigEndian)) { unsafe append(raw: $0) }
        }
    }

    /// Appends an attribute that is a C struct, and what follows it.
    @inlinable
    package mutating func attribute<Header: BitwiseCopyable>(
        _ type: some BinaryInteger, header value: Header, then more: [UInt8] = []
    ) {
        header(type, MemoryLayout<Header>.size + more.count)
        // SAFETY: as above.
        unsafe withUnsafeBytes(of: value) { unsafe append(raw: $0) }
        append(bytes: more)
    }

    /// Appends an attribute that is text, with its NUL.
    public mutating func attribute(_ type: some BinaryInteger, text: String) {
        header(type, text.utf8.count + 1)
        storage.append(contentsOf: text.utf8)
        storage.append(0)
        pad()
    }

    /// Appends an attribute without a payload.
    public mutating func flag(_ type: some BinaryInteger) { header(type, 0) }

    /// Appends an attribute marked as nested, with what `content` appends inside.
    public mutating func nest<Failure: Error>(
        _ type: some BinaryInteger, marked: Bool = true,
        _ content: (inout MessageWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let start = storage.count
        let mark = marked ? UInt16(truncatingIfNeeded: NLA_F_NESTED) : 0
        header(UInt16(truncatingIfNeeded: type) | mark, 0)
        try content(&self)
        let length = storage.count - start
        overflowed = overflowed || length > Int(UInt16.max)
        set(UInt16(truncatingIfNeeded: length), at: start)
    }

    /// Opens a message: struct nlmsghdr, whose length ``finishMessage(at:)`` fills in. Answers with where it starts.
    @inlinable
    mutating func startMessage(type: UInt16, flags: NetlinkFlags, sequence: UInt32, port: UInt32) -> Int {
        let start = storage.count
        // SAFETY: the bytes of local integers, of which none is padding: 4, 2, 2, 4, 4.
        unsafe withUnsafeBytes(of: (UInt32(0), type, flags.rawValue, sequence, port)) { unsafe append(raw: $0) }
        return start
    }

    /// Fills in the length of the message that began at `start`.
    @inlinable
    mutating func finishMessage(at start: Int) { set(UInt32(truncatingIfNeeded: storage.count &- start), at: start) }

    /// Puts an integer where one of its size was written before.
    @inlinable
    mutating func set<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at start: Int) {
        guard start >= 0, start <= storage.count - MemoryLayout<Value>.size else { return }
        // SAFETY: the value's bytes lie within the array, checked above.
        unsafe storage.withUnsafeMutableBytes { unsafe $0.storeBytes(of: value, toByteOffset: start, as: Value.self) }
    }

    /// Changes the flags of the message that began at `start`.
    mutating func setFlags(at start: Int, _ change: (NetlinkFlags) -> NetlinkFlags) {
        guard start >= 0, start <= storage.count - NetlinkMessage.headerSize else { return }
        // SAFETY: the flags lie within the array, checked above.
        let old = unsafe storage.span.bytes.unsafeLoadUnaligned(fromByteOffset: start + 6, as: UInt16.self)
        set(change(NetlinkFlags(rawValue: old)).rawValue, at: start + 6)
    }

    @inlinable
    mutating func header(_ type: some BinaryInteger, _ count: Int) {
        let length = 4 &+ count
        if length > Int(UInt16.max) { overflowed = true }
        // SAFETY: the bytes of local integers.
        unsafe withUnsafeBytes(of: (UInt16(truncatingIfNeeded: length), UInt16(truncatingIfNeeded: type))) {
            unsafe append(raw: $0)
        }
    }

    @inlinable
    mutating func append(raw: UnsafeRawBufferPointer) { unsafe storage.append(contentsOf: raw) }

    /// Appends encoded attributes, and padding to four.
    @inlinable
    mutating func append(walked: UnsafeRawBufferPointer) {
        unsafe append(raw: walked)
        pad()
    }

    @inlinable
    mutating func pad() {
        while storage.count & 3 != 0 { storage.append(0) }
    }
}
