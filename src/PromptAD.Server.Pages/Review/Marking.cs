using PromptAD.Client;

namespace PromptAD.Server.Pages.Review;

/// <summary>What an operator marks on a picture: rectangles in its pixels, one of which is in hand. Pure.</summary>
public sealed class Marking
{
    // What is smaller on both sides was a click.
    private const double Click = 1 / 200.0;
    private const int Steps = 100, Share = 4;

    private readonly List<MarkedPlace> places = [];
    private readonly int width, height;

    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">The picture's height in pixels.</param>
    public Marking(int width, int height) => (this.width, this.height) = (width, height);

    /// <summary>What is marked, in the order in which it was.</summary>
    public IReadOnlyList<MarkedPlace> Places => places;

    /// <summary>Which one is in hand; -1 for none.</summary>
    public int InHand { get; private set; } = -1;

    /// <summary>Whether another one may be marked.</summary>
    public bool CanAdd => places.Count < MarkedPlace.Most && width > 0 && height > 0;

    /// <summary>By how many pixels a key moves.</summary>
    public int Step => Math.Max(1, Math.Max(width, height) / Steps);

    /// <summary>Takes one in hand.</summary>
    public void Take(int index) => InHand = index >= 0 && index < places.Count ? index : -1;

    /// <summary>Marks what was drawn between two corners; a click takes what lies below it in hand.</summary>
    /// <returns>Whether something was marked.</returns>
    public bool Draw(double left, double top, double right, double bottom)
    {
        (left, right) = (Math.Clamp(Math.Min(left, right), 0, width), Math.Clamp(Math.Max(left, right), 0, width));
        (top, bottom) = (Math.Clamp(Math.Min(top, bottom), 0, height), Math.Clamp(Math.Max(top, bottom), 0, height));
        double least = Math.Max(2, Math.Max(width, height) * Click);
        if (right - left < least && bottom - top < least)
        {
            InHand = places.FindLastIndex(one => one.X <= left && left < one.X + one.Width && one.Y <= top && top < one.Y + one.Height);
            return false;
        }
        (int x, int y) = ((int)Math.Round(left), (int)Math.Round(top));
        return Add(new MarkedPlace(x, y, (int)Math.Round(right) - x, (int)Math.Round(bottom) - y));
    }

    /// <summary>Marks the first place that was found and is not marked yet, or the middle of the picture, to be moved from there.</summary>
    /// <returns>Whether something was marked.</returns>
    public bool Add(IEnumerable<DefectRegion> found)
    {
        MarkedPlace? next = found.Select(one => Within(new MarkedPlace(one.X, one.Y, one.Width, one.Height)))
            .FirstOrDefault(one => !places.Any(other => Overlap(one, other)));
        return Add(next ?? new MarkedPlace((width - (width / Share)) / 2, (height - (height / Share)) / 2, width / Share, height / Share));
    }

    /// <summary>Moves what is in hand, as far as the picture goes.</summary>
    public void Move(int right, int down)
    {
        if (InHand < 0) return;
        MarkedPlace one = places[InHand];
        places[InHand] = one with
        {
            X = Math.Clamp(one.X + right, 0, width - one.Width),
            Y = Math.Clamp(one.Y + down, 0, height - one.Height),
        };
    }

    /// <summary>Makes what is in hand wider and higher, as far as the picture goes, or narrower and lower, down to one pixel.</summary>
    public void Grow(int wider, int higher)
    {
        if (InHand < 0) return;
        MarkedPlace one = places[InHand];
        places[InHand] = Within(one with { Width = one.Width + wider, Height = one.Height + higher });
    }

    /// <summary>Takes one away; the one before it is in hand then.</summary>
    public void Remove(int index)
    {
        if (index < 0 || index >= places.Count) return;
        places.RemoveAt(index);
        InHand = Math.Min(Math.Max(0, index - 1), places.Count - 1);
    }

    private bool Add(MarkedPlace place)
    {
        if (!CanAdd) return false;
        places.Add(Within(place));
        InHand = places.Count - 1;
        return true;
    }

    private MarkedPlace Within(MarkedPlace place)
    {
        (int x, int y) = (Math.Clamp(place.X, 0, width - 1), Math.Clamp(place.Y, 0, height - 1));
        return new MarkedPlace(x, y, Math.Clamp(place.Width, 1, width - x), Math.Clamp(place.Height, 1, height - y));
    }

    private static bool Overlap(MarkedPlace one, MarkedPlace other) =>
        one.X < other.X + other.Width && other.X < one.X + one.Width && one.Y < other.Y + other.Height && other.Y < one.Y + one.Height;
}
