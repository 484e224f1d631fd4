using PromptAD.Client;

namespace PromptAD.Server.Pages.Teach;

/// <summary>A step of the walk from pictures to a version in force.</summary>
/// <param name="Key">Its word in the address.</param>
/// <param name="Title">The key of its name.</param>
/// <param name="IsDone">Whether there is something to show for it.</param>
public sealed record TeachStep(string Key, string Title, Func<ProductInfo, bool> IsDone)
{
    /// <summary>As many as are usually enough to begin with.</summary>
    public const int UsualGood = 20;

    /// <summary>From so many further pictures on, 5 % is a guarantee and no estimate.</summary>
    public const int UsualCalibration = 19;

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<TeachStep> All { get; } =
    [
        new("good", "TeachStepGood", product => product.GoodPictures > 0),
        new("train", "TeachStepTrain", product => product.Versions > 0),
        new("calibrate", "TeachStepCalibrate", product => product.CalibrationPictures > 0 && product.Versions > 1),
        new("versions", "TeachStepVersions", _ => false),
        new("feedback", "TeachStepFeedback", _ => false),
    ];

    /// <summary>
    /// The step of an address; the first one that is not done where it names none. A product that came as a recipe needs no pictures.
    /// </summary>
    public static TeachStep Of(string? key, ProductInfo product) => All.FirstOrDefault(one => one.Key == key)
        ?? (product is { ActiveVersion: not null, GoodPictures: 0 } ? All[3] : All.FirstOrDefault(one => !one.IsDone(product)) ?? All[3]);

    /// <summary>The key of what is to be done next with a product.</summary>
    public static string StateOf(ProductInfo product) => product switch
    {
        { ActiveVersion: not null } => "TeachStateReady",
        { Versions: > 0 } => "TeachStateChoose",
        { GoodPictures: > 0 } => "TeachStateTrain",
        _ => "TeachStateNew",
    };
}
