using PromptAD.Client;

namespace PromptAD.Server.Pages.Teach;

/// <summary>Which pictures do not go with the others, before something is learned from them. Pure.</summary>
public static class PictureCheck
{
    private const double SameShape = 0.01;

    /// <summary>The keys of what is to be said of pictures; those that go with the others are not named.</summary>
    public static IReadOnlyDictionary<long, IReadOnlyList<string>> Find(IReadOnlyCollection<PictureTrial> trials)
    {
        if (trials.Count == 0) return new Dictionary<long, IReadOnlyList<string>>();
        (int width, int height) = Most(trials, one => (one.Width, one.Height));
        bool isGray = Most(trials, one => one.Gray);
        var found = new Dictionary<long, IReadOnlyList<string>>();
        foreach (PictureTrial trial in trials)
        {
            List<string> marks = [];
            double shape = (double)trial.Width * height / ((double)trial.Height * width);
            if (Math.Abs(shape - 1) > SameShape) marks.Add("TeachMarkShape");
            else if ((trial.Width, trial.Height) != (width, height)) marks.Add("TeachMarkSize");
            if (trial.Gray != isGray) marks.Add("TeachMarkColor");
            if (trial.Unfamiliar) marks.Add("TeachMarkUnfamiliar");
            if (marks.Count > 0) found[trial.Picture] = marks;
        }
        return found;
    }

    private static T Most<T>(IEnumerable<PictureTrial> trials, Func<PictureTrial, T> of) =>
        trials.GroupBy(of).MaxBy(one => one.Count())!.Key;
}
