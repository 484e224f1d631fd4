using System.Text;
using Spectre.Console;

namespace PromptAD.Cli;

/// <summary>Shortens paths in the middle, for tables on a terminal.</summary>
internal static class ShortPath
{
    private const string Ellipsis = "…";
    private const int LeastOfBeginning = 3;

    /// <summary>A path of at most so many cells: its end, which tells pictures apart, and its beginning.</summary>
    public static string Of(string path, int room)
    {
        if (path.GetCellWidth() <= room) return path;
        // The file name with its folder's separator where that leaves a little of the beginning, else two thirds.
        int whole = path[Math.Max(0, path.LastIndexOfAny(['/', '\\']))..].GetCellWidth();
        string tail = Last(path, whole <= room - Ellipsis.Length - LeastOfBeginning ? whole : (room - Ellipsis.Length) * 2 / 3);
        return First(path, room - Ellipsis.Length - tail.GetCellWidth()) + Ellipsis + tail;
    }

    private static string First(string text, int cells)
    {
        int length = 0, used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += rune.ToString().GetCellWidth();
            if (used > cells) break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length];
    }

    private static string Last(string text, int cells)
    {
        int start = 0, left = text.GetCellWidth();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (left <= cells) break;
            left -= rune.ToString().GetCellWidth();
            start += rune.Utf16SequenceLength;
        }
        return text[start..];
    }
}
