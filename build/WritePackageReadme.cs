using System.IO;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Makes the README of a package from that of the repository: a package has no other files, so links into the repository become absolute.
/// Where no address of the repository is known, such links become plain words and such pictures are left out.
/// </summary>
public sealed class WritePackageReadme : Task
{
    [Required] public string Readme { get; set; }
    [Required] public string Destination { get; set; }

    /// <summary>The web address of the repository; empty where there is none.</summary>
    public string Repository { get; set; }

    public override bool Execute()
    {
        string text = File.ReadAllText(Readme);
        string address = Regex.Replace(Repository ?? "", @"(\.git)?/*$", "");
        if (!address.StartsWith("http", System.StringComparison.Ordinal)) address = "";
        text = Regex.Replace(text, @"<img src=""(?!https?:)([^""]+)""([^>]*)>\r?\n?", match => address.Length == 0
            ? "" : "<img src=\"" + address + "/raw/HEAD/" + match.Groups[1].Value + "\"" + match.Groups[2].Value + ">\n");
        text = Regex.Replace(text, @"\[([^\]]+)\]\((?!https?:|#|mailto:)([^)]+)\)", match => address.Length == 0
            ? match.Groups[1].Value : "[" + match.Groups[1].Value + "](" + address + "/blob/HEAD/" + match.Groups[2].Value + ")");
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        if (!File.Exists(Destination) || File.ReadAllText(Destination) != text) File.WriteAllText(Destination, text);
        return true;
    }
}
