extension NetlinkCapture {
    /// A pcap file with times in nanoseconds, in the machine's byte order as libpcap writes: the same capture is the same bytes.
    ///
    /// Times outside the format's 32 bits of seconds become the nearest that it has. libpcap's readers refuse a datagram of
    /// more than 256 KiB; it is written whole all the same, for a replay needs it.
    public func pcap() -> [UInt8] {
        var file: [UInt8] = []
        let longest = datagrams.map(\.bytes.count).max() ?? 0
        file.reserveCapacity(datagrams.reduce(PcapFormat.fileHeaderSize) { $0 + $1.bytes.count + 32 })
        append(PcapFormat.nanoseconds, to: &file)
        append(PcapFormat.version.major, to: &file)
        append(PcapFormat.version.minor, to: &file)
        append(UInt64(0), to: &file)
        let snapshotLength = max(PcapFormat.usualSnapshotLength, longest + PcapFormat.cookedHeaderSize)
        append(UInt32(clamping: snapshotLength), to: &file)
        append(PcapFormat.linkType, to: &file)
        for datagram in datagrams {
            let time = max(0, datagram.time)
            append(UInt32(clamping: time / 1_000_000_000), to: &file)
            append(UInt32(time % 1_000_000_000), to: &file)
            append(UInt32(clamping: datagram.bytes.count + PcapFormat.cookedHeaderSize), to: &file)
            let wireLength = min(datagram.byteCount, Int(UInt32.max) - PcapFormat.cookedHeaderSize)
            append(UInt32(clamping: max(datagram.bytes.count, wireLength) + PcapFormat.cookedHeaderSize), to: &file)
            append((datagram.direction == .toKernel ? PcapFormat.toKernel : PcapFormat.toUser).bigEndian, to: &file)
            append(PcapFormat.deviceType.bigEndian, to: &file)
            // Netlink has no addresses: a length of 0, and 8 bytes that nothing uses.
            append(UInt16(0), to: &file)
            append(UInt64(0), to: &file)
            append(UInt16(truncatingIfNeeded: datagram.family.rawValue).bigEndian, to: &file)
            file += datagram.bytes
        }
        return file
    }
}

/// Appends an integer in the machine's order.
private func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
    let bits = value.littleEndian == value ? value : value.byteSwapped
    for position in 0..<Value.bitWidth / 8 {
        bytes.append(UInt8(truncatingIfNeeded: bits >> (position * 8)))
    }
}
