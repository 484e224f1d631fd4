using System.CommandLine;
using System.Globalization;
using System.Numerics;
using PromptAD.Imaging;

namespace PromptAD.Cli.Commands;

/// <summary>The options that say which places of pictures are inspected.</summary>
internal sealed class MaskOptions
{
    private readonly Option<string[]> roi = new("--roi")
    {
        Description = "Inspect this place alone: a polygon in pixels, such as \"10,20 300,20 300,200\", or a picture whose light "
            + "places are inspected; "
            + "several add up.",
        HelpName = "polygon|picture",
    };

    private readonly Option<string[]> ignore = new("--ignore")
    {
        Description = "Ignore this place: a polygon or a picture whose light places are ignored; may be given several times.",
        HelpName = "polygon|picture",
    };

    public void AddTo(Command command)
    {
        command.Add(roi);
        command.Add(ignore);
    }

    /// <summary>The pictures among what was given.</summary>
    public IEnumerable<string> Files(ParseResult parsed) =>
        (parsed.GetValue(roi) ?? []).Concat(parsed.GetValue(ignore) ?? []).Where(File.Exists);

    /// <summary>The mask; null where none was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="picture">A picture of the product, for its size.</param>
    /// <param name="pixelLimit">The most pixels that it may have.</param>
    /// <exception cref="PromptADException">A polygon or a mask cannot be used, or the picture cannot be read.</exception>
    public PictureMask? Read(ParseResult parsed, string picture, long pixelLimit)
    {
        string[] inspected = parsed.GetValue(roi) ?? [], ignored = parsed.GetValue(ignore) ?? [];
        if (inspected.Length + ignored.Length == 0) return null;
        PictureMask mask = Everything(picture, pixelLimit);
        foreach (string place in inspected) mask = File.Exists(place) ? mask.Inspect(place) : mask.Inspect(Polygon("--roi", place));
        foreach (string place in ignored) mask = File.Exists(place) ? mask.Ignore(place) : mask.Ignore(Polygon("--ignore", place));
        return mask;
    }

    private static PictureMask Everything(string picture, long pixelLimit)
    {
        PictureHeader first = PictureDecoder.ReadHeader(picture, pixelLimit);
        return new PictureMask(first.Width, first.Height);
    }

    private static Vector2[] Polygon(string option, string text)
    {
        string[] corners = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var polygon = new Vector2[corners.Length];
        foreach ((int i, string corner) in corners.Index())
        {
            string[] parts = corner.Split(',');
            bool isCorner = parts.Length == 2
                & float.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out polygon[i].X)
                & float.TryParse(parts[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out polygon[i].Y);
            if (isCorner) continue;
            throw new PromptADException(
                Problem.InvalidArgument,
                $"{option} is '{text}', which is no picture file and no polygon; give a file, or corners such as \"10,20 300,20 "
                + "300,200\".");
        }
        return polygon;
    }
}
