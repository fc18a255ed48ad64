import CKernel
import CTestSupport
import Glibc
import GuestRPC
import Kernel
import TestSupport
import Testing

/// open-vm-tools' own code for the packets, in Debian's libvmtools (package open-vm-tools).
@Suite(
    "Guest RPC's packets, against open-vm-tools", .enabled(if: sw_vmtools() == 1, "libvmtools.so.0 is not installed"))
struct VMToolsTests {
    /// By field: theirs come in their hash's order.
    private func fields(_ map: DataMap) -> [UInt32: DataMap.Value] {
        Dictionary(map.fields.map { ($0.id, $0.value) }) { first, _ in first }
    }

    private func theirs(_ map: DataMap) throws -> [UInt8] {
        var handle = sw_datamap()
        #expect(unsafe sw_datamap_new(&handle) == 0)
        defer { unsafe sw_datamap_free(&handle) }
        for field in map.fields {
            let status: Int32
            switch field.value {
            case .number(let number): status = unsafe sw_datamap_set_number(&handle, field.id, number)
            case .string(let string): status = unsafe sw_datamap_set_string(&handle, field.id, string, string.count)
            case .numbers(let numbers):
                status = unsafe sw_datamap_set_numbers(&handle, field.id, numbers, numbers.count)
            case .strings(let strings):
                let sizes = strings.map { Int32($0.count) }
                status = unsafe sw_datamap_set_strings(
                    &handle, field.id, strings.flatMap { $0 }, sizes, strings.count)
            }
            #expect(status == 0)
        }
        return try serialized(&handle)
    }

    private func serialized(_ handle: inout sw_datamap) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let size = unsafe sw_datamap_bytes(&handle, &bytes, bytes.count)
        try #require(size >= 0 && size <= bytes.count)
        return Array(bytes.prefix(size))
    }

    @Test("what they write of a map we read as that map, and what we write they do")
    func maps() throws {
        var random = SeededGenerator(seed: Sweep.seed ?? 6)
        for _ in 0..<(Sweep.isLong ? 100_000 : 1_000) {
            let map = random.map()
            if hasNothing(map) { continue }
            #expect(fields(try DataMap(packet: theirs(map))) == fields(map))
            let ours = try #require(map.encoded())
            var handle = sw_datamap()
            let status = unsafe sw_datamap_read(&handle, Array(ours.dropFirst(4)), ours.count - 4)
            try #require(status == 0, "\(map)")
            #expect(fields(try DataMap(packet: serialized(&handle))) == fields(map))
            unsafe sw_datamap_free(&handle)
        }
    }

    @Test("of damaged bytes they take what we take, and as the same")
    func damage() throws {
        var random = SeededGenerator(seed: Sweep.seed ?? 7)
        var taken = 0
        for _ in 0..<(Sweep.isLong ? 500_000 : 5_000) {
            let content = random.damaged(Array(random.map().encoded()?.dropFirst(4) ?? []))
            let ours = try? DataMap(content: content)
            // Theirs allocates what a count announces before it looks: huge ones are for ours alone.
            guard ours != nil || !announcesMuch(content) else { continue }
            var handle = sw_datamap()
            let status = unsafe sw_datamap_read(&handle, content, content.count)
            if let ours, hasNothing(ours) {
                #expect(status == 11)
                continue
            }
            #expect((status == 0) == (ours != nil), "\(content): \(status)")
            guard status == 0, let ours else { continue }
            taken += 1
            #expect(fields(try DataMap(packet: serialized(&handle))) == fields(ours))
            unsafe sw_datamap_free(&handle)
        }
        #expect(taken > 500)
    }

    /// Whether a string is empty: their reader (12.2) takes that for DMERR_BAD_DATA, though their writer makes it.
    private func hasNothing(_ map: DataMap) -> Bool {
        map.fields.contains {
            switch $0.value {
            case .number, .numbers: false
            case .string(let string): string.isEmpty
            case .strings(let strings): strings.contains { $0.isEmpty }
            }
        }
    }

    /// Whether any four bytes could be a count over 65,535.
    private func announcesMuch(_ content: [UInt8]) -> Bool {
        content.indices.dropLast(3).contains { content[$0] != 0 || content[$0 + 1] != 0 }
    }

    @Test("commands and replies of every size pass between us and their socket code")
    func exchanges() async throws {
        var pair = try DescriptorPair.sockets(type: Int32(SOCK_STREAM.rawValue))
        let ours = try pair.takeFirst()
        let theirs = try pair.takeSecond().release()
        let sizes = [1, 2, 3, 4, 100, 65_536]
        // A thread of its own for each side, begun before either waits: the pool's are few.
        try WorkerThread.start {
            let descriptor = OwnedDescriptor(adopting: theirs)
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            for size in sizes {
                let got = unsafe sw_vmtools_receive(descriptor.rawValue, &buffer, buffer.count)
                // What does not come as it was sent is answered otherwise, which the other side sees.
                let isRight = Array(buffer.prefix(max(0, got))) == pattern(size)
                let reply = text(isRight ? "1 " : "0 ") + pattern(size * 3)
                if unsafe sw_vmtools_send(descriptor.rawValue, reply, reply.count) != 0 { return }
            }
        }
        let transport = VsockGuestRPC(connected: ours)
        let replies = try await WorkerThread.run {
            try sizes.map { try transport.exchange(pattern($0), until: later) }
        }
        #expect(replies == sizes.map { text("1 ") + pattern($0 * 3) })
        #expect(transport.channel == .vsock)
    }
}
