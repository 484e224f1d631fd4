using System.Globalization;
using System.Text;

namespace PromptAD.Server.Pages.Quality;

/// <summary>Places in a drawing as SVG writes them, in every language the same.</summary>
public static class Places
{
    /// <summary>A number.</summary>
    public static string Text(double place) => place.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A line from place to place.</summary>
    public static string Line(IEnumerable<(double X, double Y)> places)
    {
        var path = new StringBuilder();
        foreach ((double x, double y) in places) path.Append(path.Length == 0 ? 'M' : 'L').Append(Text(x)).Append(' ').Append(Text(y));
        return path.ToString();
    }

    /// <summary>Points: lines of no length, whose round ends stay round however the drawing is stretched.</summary>
    public static string Points(IEnumerable<(double X, double Y)> places)
    {
        var path = new StringBuilder();
        foreach ((double x, double y) in places) path.Append('M').Append(Text(x)).Append(' ').Append(Text(y)).Append("h0");
        return path.ToString();
    }
}
