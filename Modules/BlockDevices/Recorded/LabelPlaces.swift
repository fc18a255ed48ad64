internal import Kernel

/// Where libblkid and our own probers may look for something, in bytes from the beginning of what they look at.
///
/// libblkid has no hook for its reads, so this lists the offsets of its magics (libblkid/src/superblocks and partitions, 2.38), and follows
/// the formats that keep their label or UUID where the superblock says.
enum LabelPlaces {
    /// Places that depend on nothing but the size.
    /// - Parameter ends: how much is read at each end, in bytes.
    static func fixed(sizeInBytes size: UInt64, ends: UInt64) -> [Range<UInt64>] {
        // Nearly all of them are within the first MiB; the tails of ZFS, RAIDs (Promise's lies 3,087 sectors before the end) and of GPT are
        // within the last two. Past the first: UDF's anchor of 4,096 bytes a block, VMFS, and LUKS2's second header.
        [
            0..<ends, size - min(size, 2 * ends)..<size, (1 << 20)..<(1 << 20) + (128 << 10),
            (2 << 20)..<(2 << 20) + (64 << 10), (4 << 20)..<(4 << 20) + (4 << 10),
        ]
    }

    /// Places that a superblock names.
    static func named(in volume: WindowVolume) -> [Range<UInt64>] {
        FATPlaces.named(in: volume) + NTFSPlaces.named(in: volume) + HFSPlaces.named(in: volume)
            + UDFPlaces.named(in: volume) + BitLockerPlaces.named(in: volume)
    }
}

/// A range at `start`; nil where it passes what 64 bits hold.
private func range(_ start: UInt64?, _ count: UInt64?) -> Range<UInt64>? {
    guard let start, let count, count > 0 else { return nil }
    let (end, overflow) = start.addingReportingOverflow(count)
    return overflow ? nil : start..<end
}

private func product(_ one: UInt64, _ other: UInt64) -> UInt64? {
    let (value, overflow) = one.multipliedReportingOverflow(by: other)
    return overflow ? nil : value
}

private func sum(_ one: UInt64?, _ other: UInt64?) -> UInt64? {
    guard let one, let other else { return nil }
    let (value, overflow) = one.addingReportingOverflow(other)
    return overflow ? nil : value
}

/// The root directories of FAT and exFAT, whose label is an entry.
private enum FATPlaces {
    /// libblkid follows a FAT32's chain so far (vfat.c).
    private static let longestChain = 100

    static func named(in volume: WindowVolume) -> [Range<UInt64>] {
        guard let boot = volume.bytes(at: 0, 512) else { return [] }
        return boot[3...].starts(with: Array("EXFAT   ".utf8)) ? exfat(boot, volume) : fat(boot, volume)
    }

    private static func fat(_ boot: [UInt8], _ volume: WindowVolume) -> [Range<UInt64>] {
        let sector = UInt64(boot.little(11, as: UInt16.self))
        let cluster = UInt64(boot[13]) * sector
        let reserved = UInt64(boot.little(14, as: UInt16.self))
        let entries = UInt64(boot.little(17, as: UInt16.self))
        guard sector >= 512, cluster > 0 else { return [] }
        let short = UInt64(boot.little(22, as: UInt16.self))
        let length = short != 0 ? short : UInt64(boot.little(36, as: UInt32.self))
        let tables = UInt64(boot[16]) * length
        let root = (reserved + tables) * sector
        guard entries == 0 else { return [range(root, entries * 32)].compactMap { $0 } }
        var places = [range(UInt64(boot.little(48, as: UInt16.self)) * sector, 512)]
        places += chain(
            from: boot.little(44), clusterSize: cluster, heap: root, table: reserved * sector, volume)
        return places.compactMap { $0 }
    }

    private static func exfat(_ boot: [UInt8], _ volume: WindowVolume) -> [Range<UInt64>] {
        let (block, clusterBits) = (boot[108], boot[109])
        guard (9...12).contains(block), clusterBits <= 25 - block else { return [] }
        let size = UInt64(1) << UInt64(block)
        return chain(
            from: boot.little(96), clusterSize: size << UInt64(clusterBits),
            heap: UInt64(boot.little(88, as: UInt32.self)) * size,
            table: UInt64(boot.little(80, as: UInt32.self)) * size, volume
        ).compactMap { $0 }
    }

    private static func chain(
        from first: UInt32, clusterSize: UInt64, heap: UInt64, table: UInt64, _ volume: WindowVolume
    ) -> [Range<UInt64>?] {
        var places: [Range<UInt64>?] = []
        var seen: Set<UInt32> = []
        var next = first & 0x0FFF_FFFF
        while next >= 2, seen.count < longestChain, seen.insert(next).inserted {
            // The label is near the beginning, if anywhere: a cluster of exFAT may have 32 MiB.
            places.append(range(sum(heap, product(UInt64(next) - 2, clusterSize)), min(clusterSize, 1 << 20)))
            guard let place = sum(table, UInt64(next) * 4), let entry = volume.bytes(at: place, 4) else { break }
            places.append(range(place, 4))
            next = entry.little(0, as: UInt32.self) & 0x0FFF_FFFF
        }
        return places
    }
}

/// NTFS' `$Volume`, the fourth record of the master file table.
private enum NTFSPlaces {
    static func named(in volume: WindowVolume) -> [Range<UInt64>] {
        guard let boot = volume.bytes(at: 0, 512), boot[3...].starts(with: Array("NTFS    ".utf8)) else { return [] }
        let sector = UInt64(boot.little(11, as: UInt16.self))
        // Above 2^7 sectors a cluster the byte is a negative power of two.
        let exponent = 256 - Int(boot[13])
        let sectors = boot[13] <= 0x80 ? UInt64(boot[13]) : exponent <= 12 ? UInt64(1) << UInt64(exponent) : 0
        let cluster = sector * sectors
        let records = Int8(bitPattern: boot[64])
        let size = records > 0 ? UInt64(records) * cluster : UInt64(1) << UInt64(min(20, -Int(records)))
        return [
            range(product(boot.little(48), cluster), min(4 * size, 1 << 20)),
            range(product(boot.little(56), cluster), min(size, 1 << 20)),
        ].compactMap { $0 }
    }
}

/// The first leaf of an HFS+ catalog, whose first key is the volume's name; maybe in the wrapping of an HFS volume.
private enum HFSPlaces {
    static func named(in volume: WindowVolume) -> [Range<UInt64>] {
        guard var header = volume.bytes(at: 1024, 512) else { return [] }
        var base: UInt64 = 0
        if header.starts(with: Array("BD".utf8)), header[124...].starts(with: Array("H+".utf8)) {
            base =
                UInt64(header.big(28, as: UInt16.self)) * 512
                + UInt64(header.big(126, as: UInt16.self)) * UInt64(header.big(20, as: UInt32.self))
            guard let inner = volume.bytes(at: base + 1024, 512) else { return [] }
            header = inner
        }
        guard header.starts(with: Array("H+".utf8)) || header.starts(with: Array("HX".utf8)) else { return [] }
        let block = UInt64(header.big(40, as: UInt32.self))
        let extents = (0..<8).map { index in
            (
                start: UInt64(header.big(288 + 8 * index, as: UInt32.self)),
                count: UInt64(header.big(292 + 8 * index, as: UInt32.self))
            )
        }
        guard block > 0, let first = extents.first, let catalog = sum(base, product(first.start, block)),
            let head = volume.bytes(at: catalog, 512)
        else { return [range(base + 1024, 512)].compactMap { $0 } }
        let node = UInt64(head.big(32, as: UInt16.self))
        var leaf = UInt64(head.big(24, as: UInt32.self)) * node / block
        var place: UInt64?
        for extent in extents {
            if leaf < extent.count {
                place = sum(base, product(extent.start + leaf, block))
                break
            }
            leaf -= extent.count
        }
        return [range(base + 1024, 512), range(catalog, 8192), range(place, max(node, block))].compactMap { $0 }
    }
}

/// UDF's volume descriptors, from its anchors (ECMA-167, 3/10.2).
private enum UDFPlaces {
    static func named(in volume: WindowVolume) -> [Range<UInt64>] {
        var places: [Range<UInt64>?] = []
        for block in [512, 1024, 2048, 4096, 8192] as [UInt64] {
            let blocks = volume.sizeInBytes / block
            for number in [256, blocks - min(blocks, 257), blocks - min(blocks, 256), blocks - min(blocks, 1), 512] {
                guard let anchor = volume.bytes(at: number * block, 512), anchor.little(0, as: UInt16.self) == 2,
                    UInt64(anchor.little(12, as: UInt32.self)) == number
                else { continue }
                places.append(range(number * block, 512))
                for extent in [16, 24] {
                    let length = min(256 << 10, UInt64(anchor.little(extent, as: UInt32.self)))
                    let start = UInt64(anchor.little(extent + 4, as: UInt32.self)) * block
                    places.append(range(start, length))
                    places += integrity(start, length, block, volume)
                }
            }
        }
        return places.compactMap { $0 }
    }

    /// What the logical volume's descriptor says of its integrity sequence.
    private static func integrity(
        _ start: UInt64, _ length: UInt64, _ block: UInt64, _ volume: WindowVolume
    ) -> [Range<UInt64>?] {
        stride(from: 0, to: length, by: Int(block)).map { place in
            guard let descriptor = volume.bytes(at: start + place, 512), descriptor.little(0, as: UInt16.self) == 6
            else { return nil }
            return range(
                UInt64(descriptor.little(436, as: UInt32.self)) * block,
                min(64 << 10, UInt64(descriptor.little(432, as: UInt32.self))))
        }
    }
}

/// BitLocker's metadata blocks.
private enum BitLockerPlaces {
    static func named(in volume: WindowVolume) -> [Range<UInt64>] {
        guard let boot = volume.bytes(at: 0, 512) else { return [] }
        let offsets: [Int]
        if boot[3...].starts(with: Array("-FVE-FS-".utf8)) {
            offsets = [176, 184, 192]
        } else if boot[3...].starts(with: Array("MSWIN4.1".utf8)) {
            offsets = [440, 448, 456]
        } else {
            return []
        }
        // Vista's header has the first in clusters, at 56.
        let cluster = UInt64(boot[13]) * UInt64(boot.little(11, as: UInt16.self))
        let places =
            offsets.map { range(boot.little($0), 66 << 10) } + [range(product(boot.little(56), cluster), 66 << 10)]
        return places.compactMap { $0 }
    }
}
