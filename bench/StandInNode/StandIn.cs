using System.Runtime.CompilerServices;
using PromptAD;
using PromptAD.Server.Judging;

namespace StandInNode;

/// <summary>Judges the first picture of a detector, and says of all later ones the same after a fixed time.</summary>
/// <param name="time">How long a picture takes.</param>
internal sealed class StandIn(TimeSpan time)
{
    private readonly ConditionalWeakTable<AnomalyDetector, Prediction> first = [];

    /// <inheritdoc cref="Predicting"/>
    public Prediction Predict(AnomalyDetector detector, ReadOnlySpan<byte> picture, PictureMedia media)
    {
        if (!first.TryGetValue(detector, out Prediction? known))
        {
            known = Judge.Predict(detector, picture, media);
            first.AddOrUpdate(detector, known);
        }
        Thread.Sleep(time);
        return known;
    }
}
