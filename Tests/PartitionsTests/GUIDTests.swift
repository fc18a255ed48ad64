import Partitions
import Testing

@Suite struct GUIDTests {
    @Test("the EFI system partition's type has the bytes of UEFI's table 5.7")
    func mixedEndian() throws {
        let guid = try #require(GUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"))
        // Of a table that sgdisk 1.0.9 made: xxd of its first entry.
        #expect(
            guid.bytes == [
                0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b,
            ])
        #expect(guid.description == "C12A7328-F81F-11D2-BA4B-00A0C93EC93B")
        #expect(GUID(bytes: guid.bytes) == guid)
    }

    @Test(
        "what is no GUID is refused",
        arguments: [
            "", "c12a7328", "c12a7328-f81f-11d2-ba4b-00a0c93ec93", "c12a7328-f81f-11d2-ba4b-00a0c93ec93bb",
            "c12a7328xf81f-11d2-ba4b-00a0c93ec93b", "g12a7328-f81f-11d2-ba4b-00a0c93ec93b",
            "{12a7328-f81f-11d2-ba4b-00a0c93ec93b}",
        ])
    func refused(_ text: String) { #expect(GUID(text) == nil) }
}
