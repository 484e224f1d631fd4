using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Marks one required symbol version of a 64-bit little-endian ELF library as weak. Called by Libtorch.targets.</summary>
public sealed class WeakenSymbolVersion : Task
{
    private const uint VersionNeededSection = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2;                      // VER_FLG_WEAK

    [Required] public string Library { get; set; }
    [Required] public string Version { get; set; }

    public override bool Execute()
    {
        byte[] elf = File.ReadAllBytes(Library);
        int flag = FindFlags(elf);
        if (flag < 0 || (BitConverter.ToUInt16(elf, flag) & Weak) != 0) return true;

        elf[flag] |= (byte)Weak;
        DateTime stamp = File.GetLastWriteTimeUtc(Library);
        // A new file, not a write in place: the output may be a hard link to the NuGet cache.
        string temporary = Library + ".tmp";
        File.WriteAllBytes(temporary, elf);
        File.SetLastWriteTimeUtc(temporary, stamp); // unchanged size and time: the next build does not copy it again
        File.Delete(Library);
        File.Move(temporary, Library);
        Log.LogMessage(MessageImportance.Normal, "Marked {0} as weak in {1}.", Version, Library);
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
