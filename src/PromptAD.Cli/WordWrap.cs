using System.Text;
using Spectre.Console;

namespace PromptAD.Cli;

/// <summary>Breaks text at words.</summary>
internal static class WordWrap
{
    /// <summary>The lines of a text, none wider than so many cells but for a word that is wider by itself.</summary>
    /// <param name="text">The text; blanks at its start stay.</param>
    /// <param name="width">Cells in a line, at least 1.</param>
    public static IEnumerable<string> Lines(string text, int width)
    {
        var line = new StringBuilder();
        int used = 0;
        bool begins = true;
        foreach (string word in text.Split(' '))
        {
            int cells = word.GetCellWidth();
            if (!begins && used > 0 && used + 1 + cells > width)
            {
                yield return line.ToString();
                line.Clear();
                used = 0;
            }
            else if (!begins)
            {
                line.Append(' ');
                used++;
            }
            line.Append(word);
            used += cells;
            begins = false;
        }
        yield return line.ToString();
    }
}
