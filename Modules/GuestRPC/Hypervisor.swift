internal import CKernel

/// The hypervisor by the processor's own word.
public enum Hypervisor {
    /// Twelve letters (CPUID 0x40000000): `VMwareVMware`, `KVMKVMKVM`, `Microsoft Hv`. Empty where CPUID says that there is none, and on
    /// arm64, which has no such word.
    public static var signature: String {
        var text = [CChar](repeating: 0, count: 13)
        // SAFETY: thirteen bytes are written, the last of them zero.
        unsafe sw_hypervisor_signature(&text)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether that is VMware's.
    public static var isVMware: Bool { signature == "VMwareVMware" }
}
