// The forward process on numbers: how a schedule turns data into noise, and how schedules differ.
// Usage: ScheduleTour [--out FOLDER]
using ScheduleTour;

return Sample.Run("schedule-tour", args, seeds: 1, arguments =>
{
    Tour tour = Tour.Take(count: 10_000, seed: 0);
    Pictures.Draw(arguments, tour);
    return tour.Figures().Show();
});
