using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a 64-bit little-endian ELF library and marks one of its required symbol versions as weak. A library without that version is
/// copied as it is. Called by PromptAD.Training.targets.
/// </summary>
public sealed class WeakenSymbolVersion : Task
{
    private const uint VersionNeededSection = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2;                      // VER_FLG_WEAK

    [Required] public string Library { get; set; }
    [Required] public string Destination { get; set; }
    [Required] public string Version { get; set; }

    public override bool Execute()
    {
        byte[] elf = File.ReadAllBytes(Library);
        int flags = -1;
        try
        {
            flags = FindFlags(elf);
        }
        catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException)
        {
            Log.LogWarning("'{0}' is not laid out as an ELF library is; it is used as it is.", Library);
        }
        if (flags >= 0) elf[flags] |= (byte)Weak;

        // Under another name first: builds that run side by side, or are stopped, never leave half a library.
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        string temporary = Destination + "." + Guid.NewGuid().ToString("N") + ".tmp";
        File.WriteAllBytes(temporary, elf);
        File.Delete(Destination);
        File.Move(temporary, Destination);
        Log.LogMessage(MessageImportance.Normal, flags >= 0 ? "Marked {0} as weak in {1}." : "{1} does not ask for {0}.", Version, Destination);
        return true;
    }

    /// <summary>The offset of the flags of the wanted version's entry, or -1 when the library does not ask for it.</summary>
    private int FindFlags(byte[] elf)
    {
        bool elf64 = elf.Length > 64 && elf[0] == 0x7f && elf[1] == 'E' && elf[2] == 'L' && elf[3] == 'F' && elf[4] == 2 && elf[5] == 1;
        if (!elf64) return -1;
        int sections = (int)BitConverter.ToInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3a), count = BitConverter.ToUInt16(elf, 0x3c);
        for (int section = sections, i = 0; i < count; i++, section += size)
        {
            if (BitConverter.ToUInt32(elf, section + 4) != VersionNeededSection) continue;
            int strings = sections + (BitConverter.ToInt32(elf, section + 40) * size);
            int names = (int)BitConverter.ToInt64(elf, strings + 24);
            return FindInNeeded(elf, (int)BitConverter.ToInt64(elf, section + 24), names);
        }
        return -1;
    }

    private int FindInNeeded(byte[] elf, int needed, int names)
    {
        while (true)
        {
            int entry = needed + BitConverter.ToInt32(elf, needed + 8);
            for (int left = BitConverter.ToUInt16(elf, needed + 2); left > 0; left--)
            {
                if (NameAt(elf, names + BitConverter.ToInt32(elf, entry + 8)) == Version) return entry + 4;
                entry += BitConverter.ToInt32(elf, entry + 12);
            }
            int next = BitConverter.ToInt32(elf, needed + 12);
            if (next == 0) return -1;
            needed += next;
        }
    }

    private static string NameAt(byte[] elf, int offset) =>
        Encoding.ASCII.GetString(elf, offset, Array.IndexOf(elf, (byte)0, offset) - offset);
}
